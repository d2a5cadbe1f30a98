using Gatehouse.Platform;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Cli;

public static class CommandLine
{
    public static async Task<int> Run(string[] args)
    {
        var config = new ConfigurationBuilder().AddEnvironmentVariables("GATEHOUSE__").Build();
        NativeLibraries.Register();
        var folder = DataFolder.Open(args.ElementAtOrDefault(1) ?? "data");
        await using var db = await Database.Open(folder.Path, Options.Value(config, "Storage:Postgres"));
        await using var app = Program.Build(config, folder, db);
        await app.RunAsync();
        return 0;
    }
}
