using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Tests.Support;

/// <summary>
/// Keeps what the server logs as an error, so that a test can say why it got a 500. With <c>GATEHOUSE_TEST_LOG</c> set it goes
/// to that file as well.
/// </summary>
public sealed class ErrorLog : ILoggerProvider, ILogger
{
    private static readonly string? File = Environment.GetEnvironmentVariable("GATEHOUSE_TEST_LOG");
    private static readonly Lock Gate = new();
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            Add($"{formatter(state, exception)} {exception}");
    }

    public void Add(string line)
    {
        _lines.Enqueue(line);
        if (File is not null)
            lock (Gate)
                System.IO.File.AppendAllText(File, line + "\n");
    }

    public void Dispose()
    {
    }
}
