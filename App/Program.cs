using Gatehouse.Accounts;
using Gatehouse.Audit;
using Gatehouse.Billing;
using Gatehouse.Cli;
using Gatehouse.Console;
using Gatehouse.Licensing;
using Gatehouse.Messaging;
using Gatehouse.Platform;
using Gatehouse.Platform.Connections;
using Gatehouse.Platform.Features;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Relays;
using Gatehouse.Support;
using Microsoft.Extensions.DependencyInjection.Extensions;

return await CommandLine.Run(args);

/// <summary>The table of contents: what the appliance is made of.</summary>
public static partial class Program
{
    /// <summary>From the ground up.</summary>
    public static IReadOnlyList<Feature> Features { get; } = [new PlatformFeature(), new AuditFeature(), new MessagingFeature(), new AccountsFeature(), new SupportFeature(), new LicensingFeature(), new BillingFeature(), new RelaysFeature(), new ConsoleFeature()];

    /// <summary>See <see cref="Feature.SecurityLogs"/>.</summary>
    public static IReadOnlyList<string> SecurityLogs { get; } = [.. Features.SelectMany(f => f.SecurityLogs)];

    /// <summary>Puts the web application together over an open installation. The caller runs it, and disposes of the installation after it.</summary>
    public static WebApplication Build(IConfiguration config, Installation place, Action<WebApplicationBuilder>? adjust = null)
    {
        // Empty: no settings but ours, whatever lies in the working directory or the environment.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = place.Folder.Path });
        builder.Configuration.AddConfiguration(config);
        builder.AddKestrel(config);
        ServerCertificate.AddHttps(builder, config);
        builder.AddConnectionLimits(config);
        builder.Logging.AddLogs(config, SecurityLogs);
        builder.Services.AddRoutingCore();
        AddGatehouse(builder.Services, config, place);
        adjust?.Invoke(builder);

        var app = builder.Build();
        app.UseConnectionLimits();
        app.UseTrustedProxies();
        app.UseRequestLog();
        app.UseWeb();
        foreach (var feature in Features)
            feature.Map(app);
        return app;
    }

    /// <summary>The services, for the web application and for the commands.</summary>
    public static void AddGatehouse(IServiceCollection services, IConfiguration config, Installation place)
    {
        services.TryAddSingleton(config);
        services.AddSingleton(place.Folder);
        services.AddSingleton(place.Db);
        services.AddSingleton(place.Secrets);
        services.AddSingleton(TimeProvider.System);
        services.AddFeatures(Features, config);
    }
}
