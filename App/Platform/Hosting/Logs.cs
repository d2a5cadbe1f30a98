using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using ILogger = Microsoft.Extensions.Logging.ILogger;

namespace Gatehouse.Platform.Hosting;

/// <summary>The log: console, rolling files where configured, and there a security log of its own.</summary>
public static partial class Logs
{
    private const long FileSize = 50 * 1024 * 1024;
    private const int Files = 10;

    /// <param name="security">Loggers whose categories begin so write to the security log, whatever the level in force.</param>
    /// <param name="toStandardError">For commands whose standard output is their answer.</param>
    /// <exception cref="ConfigException">The log folder cannot be written to.</exception>
    public static void AddLogs(this ILoggingBuilder logging, IConfiguration config, IReadOnlyList<string> security, bool toStandardError = false)
    {
        var level = Enum.Parse<LogLevel>(ConfigOptions.Value(config, "Logging:Level"), ignoreCase: true);
        logging.ClearProviders();
        logging.SetMinimumLevel(level);
        // At Information the framework logs every request with its query string: never wanted, and slow.
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);
        foreach (var category in security)
            logging.AddFilter(category, LogLevel.Information);
        // The provider is one of the container's own making, so that it is disposed of, and the files flushed, with it.
        logging.Services.AddSingleton<ILoggerProvider>(_ => new SerilogLoggerProvider(Logger(config, LevelConvert.ToSerilogLevel(level), security, toStandardError), dispose: true));
    }

    /// <summary>What weakens this server, loud at start.</summary>
    public static void WarnOfWeakness(ILogger log, IConfiguration config)
    {
        if (!ConfigOptions.Flag(config, "RateLimits:Enabled"))
            RateLimitsAreOff(log);
        if (ConfigOptions.Flag(config, "Server:AllowPlainHttp"))
            PlainHttpAllowed(log);
    }

    /// <summary>Logs what nobody caught. Disposing of the result ends that.</summary>
    public static IDisposable WatchForFatal(ILogger log)
    {
        EventHandler<UnobservedTaskExceptionEventArgs> unobserved = (_, e) => Unobserved(log, e.Exception);
        UnhandledExceptionEventHandler unhandled = (_, e) => Fatal(log, e.ExceptionObject as Exception);
        TaskScheduler.UnobservedTaskException += unobserved;
        AppDomain.CurrentDomain.UnhandledException += unhandled;
        return new Watch(() =>
        {
            TaskScheduler.UnobservedTaskException -= unobserved;
            AppDomain.CurrentDomain.UnhandledException -= unhandled;
        });
    }

    private static Logger Logger(IConfiguration config, LogEventLevel level, IReadOnlyList<string> categories, bool toStandardError)
    {
        var json = ConfigOptions.Value(config, "Logging:Format").Equals("json", StringComparison.OrdinalIgnoreCase);
        var logger = new LoggerConfiguration().MinimumLevel.Verbose().Filter.ByExcluding(IsToldOtherwise);
        var colour = !json && !System.Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "";
        logger.WriteTo.Console(LogFormats.For(json, withDate: false, colour), level, standardErrorFromLevel: toStandardError ? LogEventLevel.Verbose : null);
        var folder = ConfigOptions.Value(config, "Logging:Folder");
        if (folder.Length == 0)
            return logger.CreateLogger();
        Prepare(folder);
        var format = LogFormats.For(json, withDate: true, colour: false);
        logger.WriteTo.Logger(general => general.Filter.ByExcluding(IsSecurity).WriteTo.File(format, Path.Combine(folder, "gatehouse.log"), level,
            fileSizeLimitBytes: FileSize, rollOnFileSizeLimit: true, retainedFileCountLimit: Files));
        logger.WriteTo.Logger(security => security.Filter.ByIncludingOnly(IsSecurity).WriteTo.File(format, Path.Combine(folder, "security.log"),
            fileSizeLimitBytes: FileSize, rollOnFileSizeLimit: true, retainedFileCountLimit: Files));
        return logger.CreateLogger();

        bool IsSecurity(LogEvent e) =>
            e.Properties.TryGetValue(Constants.SourceContextPropertyName, out var source)
            && source is ScalarValue { Value: string category } && categories.Any(c => category.StartsWith(c, StringComparison.Ordinal));
    }

    // A start that failed ends the process with one sentence; the host's report of it is the same with a stack trace.
    private static bool IsToldOtherwise(LogEvent e) =>
        e.Exception is not null && e.MessageTemplate.Text == "Hosting failed to start";

    // Serilog itself drops what it cannot write, so the folder is tried while somebody is still looking.
    private static void Prepare(string folder)
    {
        try
        {
            if (OperatingSystem.IsLinux())
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            else
                Directory.CreateDirectory(folder);
            File.OpenWrite(Path.Combine(folder, "gatehouse.log")).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"Logging:Folder cannot be written to: {e.Message}");
        }
    }

    private sealed class Watch(Action end) : IDisposable
    {
        public void Dispose() => end();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "RATE LIMITS ARE OFF (RateLimits:Enabled=false). Never serve the internet like this.")]
    private static partial void RateLimitsAreOff(ILogger log);

    [LoggerMessage(Level = LogLevel.Warning, Message = "PLAIN HTTP IS ALLOWED (Server:AllowPlainHttp=true): staff passwords can be read on the way.")]
    private static partial void PlainHttpAllowed(ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "A background task failed and nobody looked")]
    private static partial void Unobserved(ILogger log, Exception e);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Gatehouse ends: nobody caught this")]
    private static partial void Fatal(ILogger log, Exception? e);
}
