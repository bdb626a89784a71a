/** What a form's fields hold, by their names. */
export const fieldsOf = (form: HTMLFormElement) => Object.fromEntries(new FormData(form));
