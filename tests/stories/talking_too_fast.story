# Who talks too fast is muted, for twice as long each time, and told so; the muted may listen, ask and leave.
= say_burst 2
= say_per_second 1
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> ann says 1
< ann, bob: lobby 3 Ann: 1
< ann: #2 posted as 3
> ann says 2
< ann, bob: lobby 4 Ann: 2
< ann: #3 posted as 4, told to slow down
> ann says 3
< ann: #4 refused for 10s, Muted: You are muted.
< ann, bob: lobby 5 Ann is muted until 0:10
> ann says 4
< ann: #5 refused for 10s, Muted: You are muted.
> ann tells Bob Help!
< ann: #6 refused for 10s, Muted: You are muted.
> ann enters games
< ann: #7 refused for 10s, Muted: You are muted.
> ann asks who
< ann: #8 Ann (Muted); Bob
> bob says Calm down.
< ann, bob: lobby 6 Bob: Calm down.
< bob: #2 posted as 6
> ann asks report
< ann: #9 2 active: Ann at 127.0.0.1:5001 since 0:00; Bob at 127.0.0.1:5002 since 0:00
> ann pings
< ann: #10 pong
> ann asks rooms
< ann: #11 lobby (2)
> ann asks history of lobby limit 1
< ann: #12 page: 6 Bob: Calm down. (and older)
> ann joins Ann
< ann: #13 refused, AlreadyJoined: You have joined already.
> wait 10s
< ann, bob: lobby 7 Ann may talk again
> ann says 5
< ann, bob: lobby 8 Ann: 5
< ann: #14 posted as 8
> ann says 6
< ann, bob: lobby 9 Ann: 6
< ann: #15 posted as 9, told to slow down
> ann enters games
< ann: #16 refused for 20s, Muted: You are muted.
< ann, bob: lobby 10 Ann is muted until 0:30
> wait 19s
> ann says 7
< ann: #17 refused for 1s, Muted: You are muted.
> wait 1s
< ann, bob: lobby 11 Ann may talk again
> ann tells Bob 8
< kept for Bob: 1 Ann: 8
< bob: @Ann 1 Ann: 8
< ann: #18 posted as 1
> ann tells Bob 9
< kept for Bob: 2 Ann: 9
< bob: @Ann 2 Ann: 9
< ann: #19 posted as 2, told to slow down
> ann tells Bob 10
< ann: #20 refused for 40s, Muted: You are muted.
< ann, bob: lobby 12 Ann is muted until 1:10
> ann leaves lobby
< ann: #21 done
< bob: lobby 13 Ann went out
> ann quits
< ann: #22 done
> ann joins Ann
< ann: #23 refused for 40s, Muted: You are muted.
> wait 40s
> ann joins Ann
< ann: #24 welcome, Ann, to lobby after 13, with Bob
< ann: history of lobby: 1 Ann joined; 2 Bob joined; 3 Ann: 1; 4 Ann: 2; 5 Ann is muted until 0:10; 6 Bob: Calm down.; 7 Ann may talk again; 8 Ann: 5; 9 Ann: 6; 10 Ann is muted until 0:30; 11 Ann may talk again; 12 Ann is muted until 1:10; 13 Ann went out
< ann, bob: lobby 14 Ann joined
