# Who leaves muted and comes back over a new connection under the same nick is still muted; an operator may lift it.
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
> ann mutes Bob for 10m
< ann: #3 done
< ann, bob: lobby 3 Bob is muted until 10:00
> bob quits
< ann: lobby 4 Bob left (Quit)
< bob: #2 done
> bob is lost
> bob opens
> bob joins Bob
< bob: #3 refused for 10m, Muted: You are muted.
> bob joins bob
< bob: #4 refused for 10m, Muted: You are muted.
> wait 1m
> bob joins Bob
< bob: #5 refused for 9m, Muted: You are muted.
> ann unmutes Eve
< ann: #4 refused, Absent: There is no user of that nick.
> ann unmutes Bob
< ann: #5 done
> bob joins Bob
< bob: #6 welcome, Bob, to lobby after 4, with Ann
< bob: history of lobby: 1 Ann joined; 2 Bob joined; 3 Bob is muted until 10:00; 4 Bob left (Quit)
< ann, bob: lobby 5 Bob joined
> bob says Thank you.
< ann, bob: lobby 6 Bob: Thank you.
< bob: #7 posted as 6
> ann mutes Bob for 10m
< ann: #6 done
< ann, bob: lobby 7 Bob is muted until 11:00
> ann kicks Bob
< ann: #7 done
< bob: goodbye, Kicked: An operator threw the user out.
< bob is hung up
< ann: lobby 8 Bob left (Kicked)
> bob opens
> bob joins Bob
< bob: #8 refused for 10m, Muted: You are muted.
> wait 9m
< ann: are you there?
< bob: are you there?
> wait 1m
< ann: goodbye, Idle: Nothing was heard for too long.
< ann is hung up
< nobody: lobby 9 Ann left (Idle)
< bob: goodbye, Idle: Nothing was heard for too long.
< bob is hung up
> bob opens
> bob joins Bob
< bob: #9 welcome, Bob, to lobby after 9, with nothing
< bob: history of lobby: 1 Ann joined; 2 Bob joined; 3 Bob is muted until 10:00; 4 Bob left (Quit); 5 Bob joined; 6 Bob: Thank you.; 7 Bob is muted until 11:00; 8 Bob left (Kicked); 9 Ann left (Idle)
< bob: lobby 10 Bob joined
