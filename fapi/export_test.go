package fapi

// HalfHash is the value of at_hash, c_hash and s_hash.
var HalfHash = halfHash
