-- Fails if the name of a tracked event, or the click id in an address, is not the expected one.
with

events as (

    select * from (
        values
        ('track', 'Order Completed', 'order_completed'),
        ('track', ' order completed ', 'order_completed'),
        ('track', 'Order Refunded', 'order_returned'),
        ('track', 'Email Marked as Spam', 'email_complained'),
        ('track', 'email_link_clicked', 'email_clicked'),
        ('track', 'Größe: "42" (gewählt)', 'größe_42_gewählt'),
        ('track', '商品を見た', '商品を見た'),
        ('track', ' - ', null),
        ('track', null, null),
        ('page', 'Home', 'page_viewed'),
        ('screen', null, 'screen_viewed'),
        ('identify', null, 'identified'),
        ('alias', null, null)
    ) as events (call_type, event, expected)

),

addresses as (

    select * from (
        values
        ('https://a.example/?gclid=Cj0-K_Q', 'Cj0-K_Q'),
        ('https://a.example/?utm_source=x&fbclid=abc#top', 'abc'),
        ('https://a.example/?notgclid=abc', null),
        ('https://a.example/?gclid=', null),
        ('', null),
        (cast(null as text), null)
    ) as addresses (given, expected)

),

failures as (

    select event as given
    from events
    where {{ tracked_event_name('call_type', 'event') }} is distinct from expected
    union all
    select given
    from addresses
    where {{ click_id_in('given') }} is distinct from expected

)

select * from failures
