{{ incremental_by('profile') }}

{{ attribution_credits('not ' ~ weighs_all_journeys('attribution_model')) }}
