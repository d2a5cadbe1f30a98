using Gatehouse.Accounts;
using Gatehouse.Cli;
using Gatehouse.Console;
using Gatehouse.Licensing;
using Gatehouse.Platform;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Http.OpenApi;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Ui;
using Microsoft.Extensions.DependencyInjection.Extensions;

return await CommandLine.Run(args);

/// <summary>The table of contents: what the appliance is made of.</summary>
public static partial class Program
{
    /// <summary>Puts the web application together over an open installation. The caller runs it, and disposes of the installation after it.</summary>
    public static WebApplication Build(IConfiguration config, Installation place, Action<WebApplicationBuilder>? adjust = null)
    {
        // Empty: no settings but ours, whatever lies in the working directory or the environment.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = place.Folder.Path });
        builder.Configuration.AddConfiguration(config);
        builder.AddKestrel(config);
        builder.AddLogs(config);
        builder.Services.AddRoutingCore();
        AddGatehouse(builder.Services, config, place);
        adjust?.Invoke(builder);

        var app = builder.Build();
        app.UseTrustedProxies();
        app.UseRequestLog();
        app.UseWeb();
        app.MapAssets().OpenToAll(asks: false);
        app.MapWeb();
        app.MapApiDocs();
        app.MapOperations();
        OperationEndpoints.Map(app);
        app.MapAccounts();
        app.MapLicensing();
        return app;
    }

    /// <summary>The services, for the web application and for the commands.</summary>
    public static void AddGatehouse(IServiceCollection services, IConfiguration config, Installation place)
    {
        services.TryAddSingleton(config);
        services.AddSingleton(place.Folder);
        services.AddSingleton(place.Db);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(place.Secrets);
        services.AddSingleton(Gatehouse.DeclaredErrors.Catalogue());
        services.AddCrypto();
        services.AddWeb(config);
        services.AddApiDocs();
        services.AddScheduling();
        services.AddOutbox();
        services.AddOperationRunner();
        services.AddOperations();
        services.AddAccounts();
        services.AddLicensing();
    }
}
