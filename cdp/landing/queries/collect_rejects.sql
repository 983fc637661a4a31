{#- What the reader rejected. A quote that is closed on its own line damages no other line. -#}
insert into landing_rejects
select
    files.file_index,
    errors.line - {{ header_lines }} as position,
    case
        when bool_or({{ is_open_quote }}) then {{ open_quote_reason | literal }}
        else min(
            case errors.error_type::text
                {% for kind, reason in reasons.items() %}
                when {{ kind | literal }} then {{ reason | literal }}
                {% endfor %}
                else 'cannot be parsed'
            end
        )
    end as reason,
    -- With CR LF the reader keeps the line feed before the record.
    replace(ltrim(any_value(errors.csv_line), chr(10)), chr(0), chr(65533)) as original_text
from temp.landing_reader_errors as errors
inner join temp.landing_reader_scans as scans
    on errors.scan_id = scans.scan_id and errors.file_id = scans.file_id
inner join temp.landing_staged_files as files
    on scans.file_path = files.path
group by files.file_index, errors.line
