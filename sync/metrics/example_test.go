package metrics_test

import (
	"fmt"
	"strings"

	"makesync/sync/exit"
	"makesync/sync/metrics"
)

// A run adds itself to the runs of the file that it finds.
func Example() {
	found := "# TYPE makesync_runs_total counter\nmakesync_runs_total{exit=\"ok\"} 3\n"
	text, err := metrics.Run{Exit: exit.OK}.Text([]byte(found))
	if err != nil {
		fmt.Println(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "makesync_run") && strings.Contains(line, "exit") {
			fmt.Print(line)
		}
	}
	// Output:
	// makesync_run_exit_code 0
	// makesync_runs_total{exit="ok"} 4
}
