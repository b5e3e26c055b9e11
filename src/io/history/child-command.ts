/** The name of the hidden command with which the service reads the past in a separate process. */
export const CHILD_COMMAND = 'read-past';
