# An empty room goes on where it was while there is place for it.
= rooms_max 2
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann enters tea
< ann: #2 in tea after 0
< ann: tea 1 Ann came in
> ann leaves tea
< ann: #3 done
< nobody: tea 2 Ann went out
> ann enters tea
< ann: #4 in tea after 2
< ann: history of tea: 1 Ann came in; 2 Ann went out
< ann: tea 3 Ann came in
> ann leaves tea
< ann: #5 done
< nobody: tea 4 Ann went out
> ann enters hall
< ann: #6 in hall after 4
< ann: hall 5 Ann came in
> ann leaves hall
< ann: #7 done
< nobody: hall 6 Ann went out
> ann enters tea
< ann: #8 in tea after 6
< ann: tea 7 Ann came in
