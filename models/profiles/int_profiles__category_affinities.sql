{{ by_profile() }}

{{ measured_affinities('category') }}
