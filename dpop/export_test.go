package dpop

// Normalize gives the tests what Verify compares URLs by.
var Normalize = normalize
