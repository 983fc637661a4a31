"""Writes the channel exports of one outdoor retailer, as dirty as a real company's, from a seed.

The output is a function of the arguments alone: the same arguments give the same bytes.
"""
