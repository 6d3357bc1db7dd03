# A request that is sent again is applied once and answered again.
= answers_kept 2
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> ann says Once.
< ann, bob: lobby 3 Ann: Once.
< ann: #2 posted as 3
> ann is lost
> ann opens
> ann resumes having lobby 2
< ann: #3 welcome back, Ann, in lobby 3
< ann: missed in lobby: 3 Ann: Once.
> ann sends again 2
< ann: #2 posted as 3
> ann enters games
< ann: #4 in games after 0
< ann: games 1 Ann came in
> ann leaves games
< ann: #5 done
< nobody: games 2 Ann went out
> ann sends again 4
< ann: #4 in games after 0
> ann sends again 5
< ann: #5 done
> ann sends again 2
< ann: #2 refused, OutOfOrder: A request of this number was passed, and its answer is not kept.
> ann tells Bob Once.
< kept for Bob: 1 Ann: Once.
< bob: @Ann 1 Ann: Once.
< ann: #6 posted as 1
> ann sends again 6
< ann: #6 posted as 1
> ann says *65536
< ann: #7 refused, TextLong: The text is too long.
> ann sends again 7
< ann: #7 refused, TextLong: The text is too long.
> ann quits
< bob: lobby 4 Ann left (Quit)
< ann: #8 done
