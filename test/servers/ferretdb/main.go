// Command ferretdb runs FerretDB 1.24 over SQLite files. The project's own command is of no use here: a version file that its release
// process generates is not part of the module, and without it the program panics at start.
//
// It prints "listening mongodb://HOST:PORT/" once connections are accepted, and ends cleanly at SIGTERM. With a user name it wants every client to
// authenticate, by SCRAM as MongoDB does (FerretDB's own, there called new authentication).
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/internal/clientconn"
	"github.com/FerretDB/FerretDB/internal/clientconn/connmetrics"
	"github.com/FerretDB/FerretDB/internal/handler/registry"
	"github.com/FerretDB/FerretDB/internal/util/password"
	"github.com/FerretDB/FerretDB/internal/util/state"
)

// What a server is started with.
type options struct{ address, directory, username, passwordFile string }

func main() {
	var chosen options
	flag.StringVar(&chosen.address, "listen-addr", "127.0.0.1:0", "TCP address; port 0 takes any free one")
	flag.StringVar(&chosen.directory, "sqlite-url", "", "file:/absolute/directory/ with its slash at the end; the directory must exist")
	flag.StringVar(&chosen.username, "username", "", "made in the database admin; then nobody gets in without a password")
	flag.StringVar(&chosen.passwordFile, "password-file", "", "holds the password of that user and nothing else")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, chosen); err != nil {
		fmt.Fprintln(os.Stderr, "ferretdb:", err)
		os.Exit(1)
	}
}

// serve runs until ctx ends.
func serve(ctx context.Context, chosen options) error {
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	metrics := connmetrics.NewListenerMetrics()
	opts, err := handlerOptions(chosen, logger, metrics)
	if err != nil {
		return err
	}
	handler, closeBackend, err := registry.NewHandler("sqlite", opts)
	if err != nil {
		return err
	}
	defer closeBackend()
	listener, err := clientconn.Listen(&clientconn.NewListenerOpts{
		TCP: chosen.address, Mode: clientconn.NormalMode, Metrics: metrics, Handler: handler, Logger: logger,
	})
	if err != nil {
		return err
	}
	fmt.Printf("listening mongodb://%s/\n", listener.TCPAddr())
	listener.Run(ctx)
	return nil
}

func handlerOptions(chosen options, logger *slog.Logger, metrics *connmetrics.ListenerMetrics) (*registry.NewHandlerOpts, error) {
	provider, err := state.NewProvider("")
	if err != nil {
		return nil, err
	}
	err = provider.Update(func(s *state.State) {
		s.DisableTelemetry()
		s.TelemetryLocked = true
	})
	opts := &registry.NewHandlerOpts{
		Logger: logger, ConnMetrics: metrics.ConnMetrics, StateProvider: provider, TCPHost: chosen.address, SQLiteURL: chosen.directory,
		TestOpts: registry.TestOpts{CappedCleanupPercentage: 10, BatchSize: 100, EnableNewAuth: chosen.username != ""},
	}
	if err != nil || chosen.username == "" {
		return opts, err
	}
	text, err := os.ReadFile(chosen.passwordFile)
	opts.SetupDatabase, opts.SetupUsername, opts.SetupPassword = "admin", chosen.username, password.WrapPassword(string(text))
	return opts, err
}
