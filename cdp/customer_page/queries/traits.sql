select * from {profiles}.profile_traits
where profile_id = $1
