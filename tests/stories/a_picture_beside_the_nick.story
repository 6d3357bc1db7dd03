# A picture comes like any file, and is worn when all of it is there and is what was promised.

> ann opens
> ann joins Ann with 🦊
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 🦊 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with 🦊 Ann
< bob: history of lobby: 1 🦊 Ann joined
< ann, bob: lobby 2 Bob joined
> ann offers me.png of 3 as avatar, as image/png
< ann: #2 transfer 1 may come from 0
> ann sends-bytes 3 at 0 of 1
< disk: transfer 1 goes on at 0
< disk: transfer 1 is compared: me.png of 3
> transfer 1 is kept as me.png
< ann, bob: lobby 3 [Png 1] Ann wears it
< ann: #3 file 1 arrived as 0
> bob asks who
< bob: #2 [Png 1] Ann; Bob
> bob fetches 1 at 0
< bob: #3 from the disk: 3 of me.png at 0

# Another picture takes its place, and the file of the first is removed.
> ann offers new.webp of 3 as avatar, as image/webp
< ann: #4 transfer 2 may come from 0
> ann sends-bytes 3 at 0 of 2
< disk: transfer 2 goes on at 0
< disk: transfer 2 is compared: new.webp of 3
> transfer 2 is kept as new.webp
< disk: me.png is removed
< ann, bob: lobby 4 [Webp 2] Ann wears it
< ann: #5 file 2 arrived as 0
> bob fetches 1 at 0
< bob: #4 refused, NoFile: There is no such file.
> bob fetches 2 at 0
< bob: #5 from the disk: 3 of new.webp at 0

# What is no picture, is empty or too large is refused before a byte is sent.
> ann offers page.html of 3 as avatar, as text/html
< ann: #6 refused, PictureBad: A picture for an avatar is a PNG, JPEG, GIF or WebP.
> ann offers nothing.png of 0 as avatar, as image/png
< ann: #7 refused, PictureBad: A picture for an avatar is a PNG, JPEG, GIF or WebP.
> ann offers large.png of 65537 as avatar, as image/png
< ann: #8 refused, PictureLarge: The picture is too large for an avatar.

# What is damaged leaves her as she was.
> ann offers me.png of 3 as avatar, as image/png
< ann: #9 transfer 3 may come from 0
> ann sends-bytes 3 at 0 of 3
< disk: transfer 3 goes on at 0
< disk: transfer 3 is compared: me.png of 3
> transfer 3 is damaged
< ann: #10 refused, FileDamaged: The file did not arrive as it was sent.
> bob asks who
< bob: #6 [Webp 2] Ann; Bob

# An emoji, or nothing, takes a picture off, and its file is removed.
> ann wears 🐙
< disk: new.webp is removed
< ann: #11 done
< ann, bob: lobby 5 🐙 Ann wears it
> bob fetches 2 at 0
< bob: #7 refused, NoFile: There is no such file.

# When a session ends, its picture goes with it; while it only waits, it stays.
> bob offers me.gif of 3 as avatar, as image/gif
< bob: #8 transfer 4 may come from 0
> bob sends-bytes 3 at 0 of 4
< disk: transfer 4 goes on at 0
< disk: transfer 4 is compared: me.gif of 3
> transfer 4 is kept as me.gif
< ann, bob: lobby 6 [Gif 4] Bob wears it
< bob: #9 file 4 arrived as 0
> bob is lost
> ann asks who
< ann: #12 🐙 Ann; [Gif 4] Bob (Detached)
> wait 61s
< ann: lobby 7 Bob left (Lost)
< disk: me.gif is removed
> ann fetches 4 at 0
< ann: #13 refused, NoFile: There is no such file.
