# A profile may give no history.
= history none
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann says One.
< ann: lobby 2 Ann: One.
< ann: #2 posted as 2
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 2, with Ann
< ann, bob: lobby 3 Bob joined
> bob asks history of lobby before 3
< bob: #2 page: 1 Ann joined; 2 Ann: One.
