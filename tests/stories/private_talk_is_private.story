# A private message reaches its recipient alone; to somebody who is not there it is refused in the classroom.
= profile classroom
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> eve opens
> eve joins Eve
< eve: #1 welcome, Eve, to lobby after 2, with Ann; Bob
< eve: history of lobby: 1 Ann joined; 2 Bob joined
< ann, bob, eve: lobby 3 Eve joined
> ann tells Bob Between us.
< kept for Bob: 1 Ann: Between us.
< bob: @Ann 1 Ann: Between us.
< ann: #2 posted as 1
> bob tells Ann Of course.
< kept for Ann: 2 Bob: Of course.
< ann: @Bob 2 Bob: Of course.
< bob: #2 posted as 2
> ann tells bob Is there a bob?
< ann: #3 refused, Absent: There is no user of that nick.
> ann tells Ann Is there an echo?
< ann: #4 refused, ToItself: This is your own nick.
> ann tells no:body What is this?
< ann: #5 refused, NickBad: A nick has 1 to 20 characters and no white space, control character or any of : , @ # / ! &.
> ann tells Bob  
< ann: #6 refused, TextEmpty: There is no text.
> eve asks history of @Ann
< eve: #2 page: nothing
> bob asks history of @Ann
< bob: #3 page: 1 Ann: Between us.; 2 Bob: Of course.
