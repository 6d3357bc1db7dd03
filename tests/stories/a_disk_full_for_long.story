# While the server can keep nothing it can take nothing: afterwards nobody is sent away for silence, and who was
# detached has as much time to return as before. Mutes run on.
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann shows the key
< ann: #2 done
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> guest opens
> bob is lost
> wait 30s
> the disk is full for 1h
> wait 29s
> bob opens
> bob resumes having lobby 2
< bob: #2 welcome back, Bob, in lobby 2
> ann mutes Bob for 10m
< ann: #3 done
< ann, bob: lobby 3 Bob is muted until 70:59
> the disk is full for 1h
< ann, bob: lobby 4 Bob may talk again
> wait 1m
> wait 1m
< guest: goodbye, NotJoining: Nothing was asked in the time that there was for it.
< guest is hung up
