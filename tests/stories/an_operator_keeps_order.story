# Who shows the key may mute, unmute and throw out; nobody else may.
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> bob kicks Ann
< bob: #2 refused, NotOperator: Only an operator may do this.
> bob mutes Ann for 10s
< bob: #3 refused, NotOperator: Only an operator may do this.
> bob unmutes Ann
< bob: #4 refused, NotOperator: Only an operator may do this.
> ann shows a wrong key
< ann: #2 refused, KeyWrong: The operator's key is not right.
> ann shows the key
< ann: #3 done
> ann mutes Bob for 1m
< ann: #4 done
< ann, bob: lobby 3 Bob is muted until 1:00
> bob says Why?
< bob: #5 refused for 1m, Muted: You are muted.
> ann mutes Bob for 2m
< ann: #5 done
< ann, bob: lobby 4 Bob is muted until 2:00
> wait 1m
> ann mutes Nobody for 1m
< ann: #6 refused, Absent: There is no user of that nick.
> ann unmutes Nobody
< ann: #7 refused, Absent: There is no user of that nick.
> ann kicks Nobody
< ann: #8 refused, Absent: There is no user of that nick.
> wait 1m
< ann, bob: lobby 5 Bob may talk again
> ann unmutes Bob
< ann: #9 refused, NotMuted: That user is not muted.
> ann mutes Bob for 1m
< ann: #10 done
< ann, bob: lobby 6 Bob is muted until 3:00
> ann unmutes Bob
< ann: #11 done
< ann, bob: lobby 7 Bob may talk again
> bob says Thanks.
< ann, bob: lobby 8 Bob: Thanks.
< bob: #6 posted as 8
> ann kicks Bob
< ann: #12 done
< bob: goodbye, Kicked: An operator threw the user out.
< bob is hung up
< ann: lobby 9 Bob left (Kicked)
> bob opens
> bob joins Bob
< bob: #7 welcome, Bob, to lobby after 9, with Ann
< bob: history of lobby: 1 Ann joined; 2 Bob joined; 3 Bob is muted until 1:00; 4 Bob is muted until 2:00; 5 Bob may talk again; 6 Bob is muted until 3:00; 7 Bob may talk again; 8 Bob: Thanks.; 9 Bob left (Kicked)
< ann, bob: lobby 10 Bob joined
