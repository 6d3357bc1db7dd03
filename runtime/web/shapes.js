// The shapes of messages as JSON writes them, and the names in them. Owns no state and knows nothing of the table.

// The name of a form: a bare word, or the one key of an object.
export function formOf(value) {
  return typeof value === "string" ? value : Object.keys(value)[0];
}

// What a form of that name holds; undefined where the value is of another form.
export function held(value, form) {
  return typeof value === "object" && value !== null ? value[form] : undefined;
}

// A key for a place, for maps.
export function placeKey(place) {
  const form = formOf(place);
  return `${form}:${place[form]}`;
}

// The place of a key.
export function placeOf(key) {
  const at = key.indexOf(":");
  return { [key.slice(0, at)]: key.slice(at + 1) };
}

// The name of a room, or of whom one talks with.
export function nameOf(place) {
  return place[formOf(place)];
}

export function isRoom(place) {
  return formOf(place) === "Room";
}

// Whether two names are one where their case does not matter.
export function sameName(a, b) {
  return a.toLowerCase() === b.toLowerCase();
}

// The order of texts by their characters; that of JavaScript is by halves of characters.
export function compareTexts(a, b) {
  const left = [...a];
  const right = [...b];
  for (let at = 0; at < left.length && at < right.length; at += 1) {
    const order = left[at].codePointAt(0) - right[at].codePointAt(0);
    if (order !== 0) {
      return order;
    }
  }
  return left.length - right.length;
}

// Whether two values of JSON are the same.
export function same(a, b) {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
