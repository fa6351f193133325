//go:build race

package command_test

// raceDetector makes everything some eight times slower; tests look at fewer cases under it.
const raceDetector = true
