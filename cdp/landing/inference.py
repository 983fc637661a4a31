"""Types that the first rows of a file look like; raw columns are text all the same."""

from __future__ import annotations

# Rows of each file that are looked at.
SAMPLE_ROWS = 200


def type_of(value: str) -> str:
    """SQL that aggregates the type of all values of a column; null where there is none."""
    return rf"""
        case bit_or(
            case
                when {value} is null then null
                when regexp_matches({value}, '^[-+]?[0-9]+$') then
                    case when try_cast({value} as bigint) is null then 2 else 1 end
                when regexp_matches({value}, '^[-+]?[0-9]*[.]?[0-9]+([eE][-+]?[0-9]+)?$') then 2
                when regexp_matches({value}, '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') then
                    case
                        when length({value}) = 10 and try_cast({value} as date) is not null then 4
                        when try_cast({value} as timestamptz) is not null then 8
                        else 64
                    end
                when {value} in ('true', 'false') then 16
                when {value}[1] in ('{{', '[') and json_valid({value}) then 32
                else 64
            end
        )
            when 1 then 'BIGINT' when 2 then 'DOUBLE' when 3 then 'DOUBLE'
            when 4 then 'DATE' when 8 then 'TIMESTAMP' when 12 then 'TIMESTAMP'
            when 16 then 'BOOLEAN' when 32 then 'JSON'
            else case when count({value}) > 0 then 'VARCHAR' end
        end"""
