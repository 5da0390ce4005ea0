//go:build !race

package fapi_test

// raceDetector says that allocations are counted among those of the race detector.
const raceDetector = false
