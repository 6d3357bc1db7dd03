# A private file is the two's, as private talk is.
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
> ann offers a.txt of 3 to @Bob
< ann: #2 transfer 1 may come from 0
> ann sends-bytes 3 at 0 of 1
< disk: transfer 1 goes on at 0
< disk: transfer 1 is compared: a.txt of 3
> transfer 1 is kept as a.txt: psst
< kept for Bob: 1 Ann sent a.txt (file 1 of 3): psst
< bob: @Ann 1 Ann sent a.txt (file 1 of 3): psst
< ann: #3 file 1 arrived as 1
> bob fetches 1 at 0
< bob: #2 from the disk: 3 of a.txt at 0
> ann fetches 1 at 0
< ann: #4 from the disk: 3 of a.txt at 0
> eve fetches 1 at 0
< eve: #2 refused, NoFile: There is no such file.
# To one who is away it comes later.
> bob is lost
> ann offers b.txt of 3 to @Bob
< ann: #5 transfer 2 may come from 0
> ann sends-bytes 3 at 0 of 2
< disk: transfer 2 goes on at 0
< disk: transfer 2 is compared: b.txt of 3
> transfer 2 is kept as b.txt
< kept for Bob: 2 Ann sent b.txt (file 2 of 3)
< ann: #6 file 2 arrived as 2
> bob opens
> bob resumes
< bob: #3 welcome back, Bob, in lobby 3
< bob: history of lobby: 1 Ann joined
< bob: missed in lobby: 2 Bob joined; 3 Eve joined
< bob: missed in @Ann: 1 Ann sent a.txt (file 1 of 3): psst; 2 Ann sent b.txt (file 2 of 3)
> bob fetches 2 at 0
< bob: #4 from the disk: 3 of b.txt at 0
# And so it does to one who is not there.
> ann offers c.txt of 3 to @Dan
< ann: #7 transfer 3 may come from 0
> ann sends-bytes 3 at 0 of 3
< disk: transfer 3 goes on at 0
< disk: transfer 3 is compared: c.txt of 3
> transfer 3 is kept as c.txt: for later
< kept for Dan: 1 Ann sent c.txt (file 3 of 3): for later
< ann: #8 file 3 arrived as 1
> dan opens
> dan joins Dan
< dan: #1 welcome, Dan, to lobby after 3, with Ann; Bob; Eve
< dan: history of lobby: 1 Ann joined; 2 Bob joined; 3 Eve joined
< ann, eve, bob, dan: lobby 4 Dan joined
< dan: waited from @Ann: 1 Ann sent c.txt (file 3 of 3): for later
> dan fetches 3 at 0
< dan: #2 from the disk: 3 of c.txt at 0
