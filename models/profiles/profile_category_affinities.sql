{{ profile_affinities('category') }}
