package archtest

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the go command links tells of third-party packages too, which Check
// doesn't read.
func TestLinkedPackages(t *testing.T) {
	t.Parallel()
	for _, pkg := range []string{"resource", "dpop", "cnf", "clientcert", "keys", "metadata"} {
		require.Contains(t, unlinked, pkg, "a promise to resource servers")
	}
	watch(t)
	for _, pkg := range unlinked {
		deps := listDeps(t, pkg)
		require.Contains(t, deps, Module+"/"+pkg)
		for _, p := range deps {
			assert.False(t, josev3.has(p) || family("github.com/ory").has(p), "%s links %s", pkg, p)
		}
	}
	t.Run("what links them is seen", func(t *testing.T) {
		t.Parallel()
		deps := listDeps(t, "fapi")
		assert.Contains(t, deps, string(fosite))
		assert.Contains(t, deps, string(josev3))
	})
}

// watch opens all that decides what go list says, for the test cache doesn't
// see what a subprocess reads.
func watch(t *testing.T) {
	t.Helper()
	_, err := read(os.DirFS(root))
	require.NoError(t, err)
	for _, name := range []string{"go.mod", "go.sum", "go.work", "go.work.sum"} {
		if _, err := os.ReadFile(root + "/" + name); err != nil {
			require.ErrorIs(t, err, os.ErrNotExist)
		}
	}
}

const root = "../.."

// listDeps returns the import paths of what a package of the module links,
// itself included, in the environment of the test: with a workspace or without.
func listDeps(t *testing.T, pkg string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "./"+pkg)
	cmd.Dir = root
	out, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		require.NoError(t, err, string(failed.Stderr))
	}
	require.NoError(t, err)
	return strings.Fields(string(out))
}
