# Where the profile says so, the third mute within its memory ends the session instead.
= flood disconnect
= say_burst 1
= say_per_second 1
= rooms_max 4
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 0, with nothing
< bob: lobby 1 Bob joined
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 1, with Bob
< ann: history of lobby: 1 Bob joined
< bob, ann: lobby 2 Ann joined
> ann says 1
< bob, ann: lobby 3 Ann: 1
< ann: #2 posted as 3
> ann says 2
< ann: #3 refused for 10s, Muted: You are muted.
< bob, ann: lobby 4 Ann is muted until 0:10
> wait 10s
< bob, ann: lobby 5 Ann may talk again
> ann says 3
< bob, ann: lobby 6 Ann: 3
< ann: #4 posted as 6
> ann tells Bob 4
< ann: #5 refused for 20s, Muted: You are muted.
< bob, ann: lobby 7 Ann is muted until 0:30
> wait 20s
< bob, ann: lobby 8 Ann may talk again
> ann says 5
< bob, ann: lobby 9 Ann: 5
< ann: #6 posted as 9
> ann says \e
< ann: #7 refused, TextUnsafe: The text holds control characters.
> ann tells Bob \e
< ann: #8 refused, TextUnsafe: The text holds control characters.
> ann says 6
< ann: goodbye, Flooding: The user talked too fast too often.
< ann is hung up
< bob: lobby 10 Ann left (Flooding)
> eve opens
> eve joins Eve
< eve: #1 welcome, Eve, to lobby after 10, with Bob
< eve: history of lobby: 1 Bob joined; 2 Ann joined; 3 Ann: 1; 4 Ann is muted until 0:10; 5 Ann may talk again; 6 Ann: 3; 7 Ann is muted until 0:30; 8 Ann may talk again; 9 Ann: 5; 10 Ann left (Flooding)
< bob, eve: lobby 11 Eve joined
> eve tells Bob 1
< kept for Bob: 1 Eve: 1
< bob: @Eve 1 Eve: 1
< eve: #2 posted as 1
> eve tells Bob 2
< eve: #3 refused for 10s, Muted: You are muted.
< bob, eve: lobby 12 Eve is muted until 0:40
> wait 10s
< bob, eve: lobby 13 Eve may talk again
> eve enters games
< eve: #4 in games after 0
< eve: games 1 Eve came in
> eve enters music
< eve: #5 refused for 20s, Muted: You are muted.
< bob, eve: lobby 14 Eve is muted until 1:00
< eve: games 2 Eve is muted until 1:00
> wait 20s
< bob, eve: lobby 15 Eve may talk again
< eve: games 3 Eve may talk again
> eve enters music
< eve: #6 in music after 0
< eve: music 1 Eve came in
> eve enters music
< eve: #7 refused, InRoom: You are in that room already.
> eve enters sports
< eve: goodbye, Flooding: The user talked too fast too often.
< eve is hung up
< bob: lobby 16 Eve left (Flooding)
< nobody: games 4 Eve left (Flooding)
< nobody: music 2 Eve left (Flooding)
> kim opens
> kim joins Kim
< kim: #1 welcome, Kim, to lobby after 16, with Bob
< kim: history of lobby: 1 Bob joined; 2 Ann joined; 3 Ann: 1; 4 Ann is muted until 0:10; 5 Ann may talk again; 6 Ann: 3; 7 Ann is muted until 0:30; 8 Ann may talk again; 9 Ann: 5; 10 Ann left (Flooding); 11 Eve joined; 12 Eve is muted until 0:40; 13 Eve may talk again; 14 Eve is muted until 1:00; 15 Eve may talk again; 16 Eve left (Flooding)
< bob, kim: lobby 17 Kim joined
> kim says 1
< bob, kim: lobby 18 Kim: 1
< kim: #2 posted as 18
> kim says 2
< kim: #3 refused for 10s, Muted: You are muted.
< bob, kim: lobby 19 Kim is muted until 1:10
> wait 10s
< bob, kim: lobby 20 Kim may talk again
> kim says 1
< bob, kim: lobby 21 Kim: 1
< kim: #4 posted as 21
> kim says 2
< kim: #5 refused for 20s, Muted: You are muted.
< bob, kim: lobby 22 Kim is muted until 1:30
> wait 20s
< bob, kim: lobby 23 Kim may talk again
> kim says 1
< bob, kim: lobby 24 Kim: 1
< kim: #6 posted as 24
> kim tells Bob 2
< kim: goodbye, Flooding: The user talked too fast too often.
< kim is hung up
< bob: lobby 25 Kim left (Flooding)
