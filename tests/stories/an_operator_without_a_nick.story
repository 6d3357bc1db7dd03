# An operator needs no nick: whoever shows the key may mute, unmute and throw out, and stays an operator on joining.
= ask_burst 3
= ask_per_second 1
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 0, with nothing
< bob: lobby 1 Bob joined
> web opens
> web mutes Bob for 10s
< web: #1 refused, NotOperator: Only an operator may do this.
> web unmutes Bob
< web: #2 refused, NotOperator: Only an operator may do this.
> web kicks Bob
< web: #3 refused, NotOperator: Only an operator may do this.
> web shows a wrong key
< web: #4 refused, KeyWrong: The operator's key is not right.
> web shows a wrong key
< web: #5 refused, KeyWrong: The operator's key is not right.
> web shows a wrong key
< web: #6 refused, KeyWrong: The operator's key is not right.
> web shows the key
< web: #7 refused, AsksTooFast: You ask too fast; please wait a moment.
> wait 1s
> web shows the key
< web: #8 done
> web mutes Bob for 1m
< web: #9 done
< bob: lobby 2 Bob is muted until 1:01
> bob says Why?
< bob: #2 refused for 1m, Muted: You are muted.
> web unmutes Bob
< web: #10 done
< bob: lobby 3 Bob may talk again
> web unmutes Bob
< web: #11 refused, NotMuted: That user is not muted.
> web mutes Nobody for 1m
< web: #12 refused, Absent: There is no user of that nick.
> web unmutes Nobody
< web: #13 refused, Absent: There is no user of that nick.
> web kicks Nobody
< web: #14 refused, Absent: There is no user of that nick.
# A mute stays with the nick of who leaves, and is lifted from there.
> web mutes Bob for 1m
< web: #15 done
< bob: lobby 4 Bob is muted until 1:01
> bob quits
< nobody: lobby 5 Bob left (Quit)
< bob: #3 done
> bob joins Bob
< bob: #4 refused for 1m, Muted: You are muted.
> web unmutes Bob
< web: #16 done
> rob opens
> rob joins Bob
< rob: #1 welcome, Bob, to lobby after 5, with nothing
< rob: history of lobby: 1 Bob joined; 2 Bob is muted until 1:01; 3 Bob may talk again; 4 Bob is muted until 1:01; 5 Bob left (Quit)
< rob: lobby 6 Bob joined
> web kicks Bob
< web: #17 done
< rob: goodbye, Kicked: An operator threw the user out.
< rob is hung up
< nobody: lobby 7 Bob left (Kicked)
# Nobody is told of an operator who has not joined; everything else still needs a nick.
> web asks report
< web: #18 0 active: nothing
> web says Quiet, please.
< web: #19 refused, NotJoined: Please join first.
# Who joins is an operator still, and so is who comes back.
> web joins Web
< web: #20 welcome, Web, to lobby after 7, with nothing
< web: history of lobby: 1 Bob joined; 2 Bob is muted until 1:01; 3 Bob may talk again; 4 Bob is muted until 1:01; 5 Bob left (Quit); 6 Bob joined; 7 Bob left (Kicked)
< web: lobby 8 Web joined
> eve opens
> eve joins Eve
< eve: #1 welcome, Eve, to lobby after 8, with Web
< eve: history of lobby: 1 Bob joined; 2 Bob is muted until 1:01; 3 Bob may talk again; 4 Bob is muted until 1:01; 5 Bob left (Quit); 6 Bob joined; 7 Bob left (Kicked); 8 Web joined
< web, eve: lobby 9 Eve joined
> web mutes Eve for 1m
< web: #21 done
< web, eve: lobby 10 Eve is muted until 1:01
> web is lost
> web opens
> web resumes having lobby 10
< web: #22 welcome back, Web, in lobby 10
> web unmutes Eve
< web: #23 done
< eve, web: lobby 11 Eve may talk again
# Whoever hands a connection over leaves what it was behind, and who quits is no operator any more.
> eve is lost
> eve opens
> eve shows the key
< eve: #2 done
> eve resumes having lobby 11
< eve: #3 welcome back, Eve, in lobby 11
> eve kicks Web
< eve: #4 refused, NotOperator: Only an operator may do this.
> web quits
< eve: lobby 12 Web left (Quit)
< web: #24 done
> web kicks Eve
< web: #25 refused, NotOperator: Only an operator may do this.
