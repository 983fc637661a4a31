select {{ columns | name_list }}{% if is_many %}, filename{% endif %}

from read_csv(
    {{ paths }},
    columns = { {{ types }} },
    auto_detect = false,
    header = {{ has_header }},
    delim = {{ delimiter | literal }},
    quote = {{ quote_character | literal }},
    escape = {{ quote_character | literal }},
    {% if new_line %}
    new_line = {{ new_line | literal }},
    {% endif %}
    filename = {{ is_many }},
    hive_partitioning = false,
    parallel = {{ is_parallel }},
    max_line_size = {{ max_line_bytes }},
    buffer_size = {{ buffer_bytes }},
    store_rejects = true,
    rejects_limit = 0,
    rejects_line_size_limit = {{ max_original_bytes }},
    rejects_table = 'landing_reader_errors',
    rejects_scan = 'landing_reader_scans'
)
