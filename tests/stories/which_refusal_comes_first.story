# Where several things are wrong, the table's order says which is told. The room's capacity comes before the name.
= profile classroom
= capacity 1
= say_burst 1
= say_per_second 1
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins not a nick
< bob: #1 refused, Full: The chatroom has reached its maximum capacity.
> bob joins Server
< bob: #2 refused, Full: The chatroom has reached its maximum capacity.
> bob joins Ann
< bob: #3 refused, Full: The chatroom has reached its maximum capacity.
> ann says-in games  
< ann: #2 refused, NotInRoom: You are not in that room.
> ann says-in games \e
< ann: #3 refused, NotInRoom: You are not in that room.
> ann enters games
< ann: #4 in games after 0
< ann: games 1 Ann came in
> ann enters games
< ann: #5 refused, InRoom: You are in that room already.
> ann tells Ann  
< ann: #6 refused, ToItself: This is your own nick.
# What is wrong in itself costs no patience: it is refused, not muted.
> ann says  
< ann: #7 refused, TextEmpty: There is no text.
> ann says \e
< ann: #8 refused, TextUnsafe: The text holds control characters.
> ann tells Nobody \e
< ann: #9 refused, TextUnsafe: The text holds control characters.
> ann tells Nobody  
< ann: #10 refused, TextEmpty: There is no text.
> ann enters lobby
< ann: #11 refused, InRoom: You are in that room already.
> ann enters bad name
< ann: #12 refused, RoomBad: A room's name has 1 to 32 characters and no white space, control character or any of : , @ # / ! &.
# Whoever talks too fast is muted whether or not the recipient is there; a refused message costs what a delivered one costs.
> ann tells Nobody Are you there?
< ann: #13 refused for 10s, Muted: You are muted.
< ann: lobby 2 Ann is muted until 0:10
< ann: games 2 Ann is muted until 0:10
> ann quits
< nobody: lobby 3 Ann left (Quit)
< nobody: games 3 Ann left (Quit)
< ann: #14 done
> bob joins Bob
< bob: #4 welcome, Bob, to lobby after 3, with nothing
< bob: history of lobby: 1 Ann joined; 2 Ann is muted until 0:10; 3 Ann left (Quit)
< bob: lobby 4 Bob joined
> ann joins Ann
< ann: #15 refused for 10s, Muted: You are muted.
> wait 10s
> ann joins Ann
< ann: #16 refused, Full: The chatroom has reached its maximum capacity.
> bob tells Ann Hello?
< bob: #5 refused, Absent: There is no user of that nick.
> bob tells Ann Hello?
< bob: #6 refused for 10s, Muted: You are muted.
< bob: lobby 5 Bob is muted until 0:20
