package launch

import (
	"bufio"
	"crypto/rand"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const module = "github.com/fosite-fapi/fosite-fapi/examples/"

// stopTimeout is how long a program may take to end.
const stopTimeout = 20 * time.Second

// Build compiles the program of a folder of this module, and returns the file. With a test that looks for races it looks
// for them too, and finds what the test is made of in the build cache.
func Build(tb testing.TB, folder string) string {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), filepath.Base(folder)+".exe")
	args := []string{"build", "-o", file}
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		args = append(args, "-race")
	}
	cmd := exec.CommandContext(tb.Context(), "go", append(args, module+folder)...) //nolint:gosec // a folder of this module, named by its test
	out, err := cmd.CombinedOutput()
	require.NoError(tb, err, string(out))
	return file
}

// Start runs a program until the test ends, and returns once it has written a line that ready agrees with. It must end well.
func Start(tb testing.TB, ready func(line string) bool, program string, args ...string) {
	tb.Helper()
	out, in, err := os.Pipe()
	require.NoError(tb, err)
	cmd := exec.Command(program, args...) // it ends by a signal, not by a context
	cmd.Stdout, cmd.Stderr = in, in
	require.NoError(tb, cmd.Start())
	require.NoError(tb, in.Close())
	tb.Cleanup(func() { stop(tb, cmd) })

	var seen strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		seen.WriteString(lines.Text() + "\n")
		if ready(lines.Text()) {
			go func() { _, _ = io.Copy(io.Discard, out); _ = out.Close() }()
			return
		}
	}
	require.Fail(tb, filepath.Base(program)+" ended before it was ready", seen.String())
}

func stop(tb testing.TB, cmd *exec.Cmd) {
	tb.Helper()
	_ = cmd.Process.Signal(syscall.SIGTERM) // fails where it has ended, and then Wait says why
	late := time.AfterFunc(stopTimeout, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	require.NoError(tb, cmd.Wait(), "%s ends well", cmd.Path)
}

// Listening is ready once a program has said n times that it listens.
func Listening(n int) func(string) bool {
	return func(line string) bool {
		if strings.HasPrefix(line, "listening on ") {
			n--
		}
		return n == 0
	}
}

// Addresses returns n addresses of the loopback interface that nobody listens on. They are not among those that systems give
// to outgoing connections, so that nothing takes them until they are used.
func Addresses(tb testing.TB, n int) []string {
	tb.Helper()
	var open []net.Listener
	for range 1000 {
		if len(open) == n {
			break
		}
		port, err := rand.Int(rand.Reader, big.NewInt(12000))
		require.NoError(tb, err)
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.FormatInt(20000+port.Int64(), 10)))
		if err == nil {
			open = append(open, l)
		}
	}
	require.Len(tb, open, n, "free ports")
	out := make([]string, n)
	for i, l := range open {
		out[i] = l.Addr().String()
		require.NoError(tb, l.Close())
	}
	return out
}
