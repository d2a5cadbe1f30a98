namespace Gatehouse.Tests.Support;

/// <summary>The source tree that the tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder that holds <c>Appliance.sln</c>.</summary>
    public static string Root { get; } = Find();

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Appliance.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"There is no Appliance.sln above {AppContext.BaseDirectory}.");
    }
}
