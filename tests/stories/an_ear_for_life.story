# Who says anything is not asked for a sign of life until half of the idle time has passed since.
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> wait 2m
> ann says Hello?
< ann: lobby 2 Ann: Hello?
< ann: #2 posted as 2
> wait 4m
> wait 1m
< ann: are you there?
> wait 1m
> ann says Still here.
< ann: lobby 3 Ann: Still here.
< ann: #3 posted as 3
> wait 4m
> wait 1m
< ann: are you there?
