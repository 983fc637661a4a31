insert into landing_rejects
select
    0 as file_index,
    position,
    reason,
    replace(original_text, chr(0), chr(65533)) as original_text
from read_csv(
    {{ path | literal }},
    columns = { 'position': 'BIGINT', 'reason': 'VARCHAR', 'original_text': 'VARCHAR' },
    auto_detect = false,
    header = false,
    delim = ',',
    quote = '"',
    escape = '"',
    new_line = '\n',
    parallel = false,
    max_line_size = {{ buffer_bytes }}
)
