/** The name of the hidden command with which the service has the past read in a process of its own. */
export const CHILD_COMMAND = 'read-past';
