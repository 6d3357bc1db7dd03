# Older messages come in pages. What the machine keeps it tells; what is older is read from the store.
= kept_entries_max 4
= store yes
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann says One.
< ann: lobby 2 Ann: One.
< ann: #2 posted as 2
> ann says Two.
< ann: lobby 3 Ann: Two.
< ann: #3 posted as 3
> ann says Three.
< ann: lobby 4 Ann: Three.
< ann: #4 posted as 4
> ann says Four.
< ann: lobby 5 Ann: Four.
< ann: #5 posted as 5
> ann asks history of lobby limit 2
< ann: #6 page: 4 Ann: Three.; 5 Ann: Four. (and older)
> ann asks history of lobby before 4 limit 2
< ann: #7 page: 2 Ann: One.; 3 Ann: Two. (and older)
> ann asks history of lobby before 2 limit 2
< ann: #8 from the store: 2 of lobby between 0 and 2
> ann asks history of lobby limit 100
< ann: #9 from the store: 100 of lobby between 0 and 18446744073709551615
> ann asks history of games
< ann: #10 refused, NotInRoom: You are not in that room.
> ann asks history of @no:body
< ann: #11 refused, NickBad: A nick has 1 to 20 characters and no white space, control character or any of : , @ # / ! &.
> ann asks history of @Bob
< ann: #12 page: nothing
