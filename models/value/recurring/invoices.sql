with

inputs as (
    select * from {{ ref('input_invoices') }}
    where observed_at <= {{ as_of() }}
),

events as (
    select * from {{ ref('events') }}
    where profile_id is not null
),

company_accounts as (
    select * from {{ ref('int_value__company_accounts') }}
),

exchange_rates as (
    select * from {{ ref('exchange_rates') }}
),

attributed_invoices as (
    select
        inputs.*,
        events.profile_id,
        company_accounts.account_id,
        rates.reporting_rate,
        {{ is_open_invoice('inputs.status') }} as is_open,
        case
            when {{ is_open_invoice('inputs.status') }}
                then inputs.amount - coalesce(inputs.paid_amount, 0)
            else 0
        end as open_amount
    from inputs
    left join events
        on inputs.source_model = events.source_model and inputs.record_id = events.record_id
    left join company_accounts
        on
            inputs.connector = company_accounts.connector
            and inputs.company_id = company_accounts.company_id
    left join exchange_rates as rates on inputs.currency = rates.currency
),

invoices as (
    select
        {{ surrogate_key(['connector', 'invoice_id']) }} as invoice_key,
        invoice_id,
        connector,
        profile_id,
        company_id,
        account_id,
        subscription_id,
        status,
        is_open,
        is_open and coalesce(due_at < {{ as_of() }}, false) as is_overdue,
        currency,
        amount,
        paid_amount,
        cast(open_amount as numeric(18, 2)) as open_amount,
        cast(amount * reporting_rate as numeric(18, 2)) as reporting_amount,
        cast(open_amount * reporting_rate as numeric(18, 2)) as open_reporting_amount,
        issued_at,
        due_at
    from attributed_invoices
)

select * from invoices
