// Whether the server answers at all: a state that passes, not a mistake to be dismissed.

class Line {
  isSilent = $state(false);
}

export const line = new Line();
