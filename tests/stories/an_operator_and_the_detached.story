# What an operator does to somebody who is away holds when he returns.
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
> bob is lost
> ann mutes Bob for 30s
< ann: #3 done
< ann: lobby 3 Bob is muted until 0:30
> ann unmutes Bob
< ann: #4 done
< ann: lobby 4 Bob may talk again
> ann mutes Bob for 30s
< ann: #5 done
< ann: lobby 5 Bob is muted until 0:30
> wait 10s
> bob opens
> bob resumes having lobby 2
< bob: #2 welcome back, Bob, muted for 20s, in lobby 5
< bob: missed in lobby: 3 Bob is muted until 0:30; 4 Bob may talk again; 5 Bob is muted until 0:30
> bob is lost
> wait 20s
< ann: lobby 6 Bob may talk again
> ann kicks Bob
< ann: #6 done
< ann: lobby 7 Bob left (Kicked)
> bob opens
> bob resumes
< bob: #3 refused, SessionOver: The session is over; please join again.
