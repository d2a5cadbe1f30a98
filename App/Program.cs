using Gatehouse.Accounts;
using Gatehouse.Cli;
using Gatehouse.Licensing;
using Gatehouse.Operations;
using Gatehouse.Platform;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Web;

return await CommandLine.Run(args);

/// <summary>The table of contents: what the appliance is made of.</summary>
public static partial class Program
{
    /// <summary>Puts the web application together over an open database. The caller runs it, and disposes of the database after it.</summary>
    public static WebApplication Build(IConfiguration config, DataFolder folder, Database db, Action<WebApplicationBuilder>? adjust = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddConfiguration(config);
        builder.AddKestrel(config);
        builder.AddLogs(config);

        var services = builder.Services;
        services.AddSingleton(folder);
        services.AddSingleton(db);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(folder.Secrets);
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<Passwords>();
        services.AddWeb(config);
        services.AddScheduling();
        services.AddOperations();
        services.AddAccounts();
        services.AddLicensing();
        adjust?.Invoke(builder);

        var app = builder.Build();
        app.UseWeb();
        app.MapAssets().OpenToAll();
        app.MapWeb();
        app.MapOperations();
        app.MapAccounts();
        app.MapLicensing();
        return app;
    }
}
