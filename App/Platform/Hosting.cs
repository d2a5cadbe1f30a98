using Microsoft.Extensions.Logging.Console;

namespace Gatehouse.Platform;

/// <summary>The web server and the log, set up from the options.</summary>
public static class Hosting
{
    private const long MaxBody = 1024 * 1024;

    public static void AddKestrel(this WebApplicationBuilder builder, IConfiguration config)
    {
        builder.WebHost.UseUrls(Options.Value(config, "Server:Urls"));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        });
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(10));
    }

    public static void AddLogs(this WebApplicationBuilder builder, IConfiguration config)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
    }
}
