# Empty text, text that is too long, and text that would move somebody's cursor are refused; newlines and tabs pass.
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann says  
< ann: #2 refused, TextEmpty: There is no text.
> ann says *65536
< ann: #3 refused, TextLong: The text is too long.
> ann says *65535
< ann: lobby 2 Ann: (65535 characters)
< ann: #4 posted as 2
> ann says \e[2Jboo
< ann: #5 refused, TextUnsafe: The text holds control characters.
> ann says one\n\ttwo
< ann: lobby 3 Ann: one\n\ttwo
< ann: #6 posted as 3
> ann tells Bob \e[2Jboo
< ann: #7 refused, TextUnsafe: The text holds control characters.
> ann tells Bob *65536
< ann: #8 refused, TextLong: The text is too long.
> ann asks history of lobby limit 2
< ann: #9 page: 2 Ann: (65535 characters); 3 Ann: one\n\ttwo (and older)
