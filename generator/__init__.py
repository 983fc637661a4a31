"""Writes the channel exports of one outdoor retailer, as dirty as a real company's, from a seed.

    python -m generator --customers 2000 --days 60 --seed 1 --out data/company

The output is a function of the arguments alone: the same arguments give the same bytes.

- `landing/<channel>/<entity>/` holds the exports, in files by day or week.
- `truth/records.csv` says which true person each record belongs to; only tests and benchmarks
  may read it. A receipt line has the key `<receipt_id>-<line_number>`, and `person_id` is empty
  for the anonymous use of a shared device.
- `truth/dirt.csv` counts what is wrong with the exports, by kind and entity (see `generator.dirt`).
- `generator.json` has the arguments and `exported_at`, the instant at which the exports were taken.
"""
