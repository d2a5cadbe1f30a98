namespace Gatehouse.Tests.Support;

/// <summary>A folder of one test's own, mode 0700, removed after it.</summary>
public sealed class TestFolder : IDisposable
{
    public TestFolder() => Path = Directory.CreateTempSubdirectory("gatehouse-test-").FullName;

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <exception cref="IOException">Something still writes into it: what, is said.</exception>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException e)
        {
            throw new IOException($"{e.Message}: {string.Join(", ", Directory.EnumerateFileSystemEntries(Path))}", e);
        }
    }
}
