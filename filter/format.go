package filter

// Format is the version of the form in which filters are written and saved. It goes up when a filter of an older
// form would be read otherwise.
const Format = 1
