using System.CommandLine;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Cli.Shell;

/// <summary>An existing installation opened by a command, beside a running server or without one.</summary>
internal sealed class CliHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private CliHost(Config settings, DataFolder folder, Database db, ServiceProvider services)
    {
        Settings = settings;
        Folder = folder;
        Db = db;
        _services = services;
    }

    public Config Settings { get; }

    public DataFolder Folder { get; }

    public Database Db { get; }

    /// <exception cref="ConfigException"/>
    /// <exception cref="DataFolderException"/>
    /// <exception cref="StorageException"/>
    public static async Task<CliHost> Open(ParseResult parse, CommonOptions common)
    {
        var settings = common.Settings(parse);
        var folder = DataFolder.OpenExisting(common.DataFolder(parse));
        var postgres = settings["Storage:Postgres"];
        if (postgres.Length == 0 && !File.Exists(Path.Combine(folder.Path, DataFolder.DatabaseFile)))
            throw new DataFolderException($"There is no database in {folder.Path} yet. Start Gatehouse once: gatehouse serve --data {folder.Path}");
        var db = await Database.Open(folder.Path, postgres, migrate: false);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddLogs(settings.Configuration, toStandardError: true));
        Program.AddGatehouse(services, settings.Configuration, folder, db);
        return new CliHost(settings, folder, db, services.BuildServiceProvider());
    }

    public T Service<T>() where T : notnull => _services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Db.DisposeAsync();
    }
}
