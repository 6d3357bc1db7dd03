// Says that a token was wrong: the page that asks for it comes again then, under another address.

const wrong = location.pathname !== "/monitor" || new URLSearchParams(location.search).has("token");
document.getElementById("wrong").hidden = !wrong;
if (wrong) document.getElementById("token").setAttribute("aria-invalid", "true");
