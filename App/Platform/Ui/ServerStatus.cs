namespace Gatehouse.Platform.Ui;

/// <summary>What the foot of every staff page says of the server.</summary>
/// <param name="State"><c>pass</c>, <c>warn</c> or <c>fail</c>.</param>
/// <param name="Engine">As <see cref="Storage.Database.Engine"/>.</param>
/// <param name="Size">Bytes that the database takes.</param>
public sealed record ServerStatus(string State, string Engine, long Size);

/// <summary>Knows how the server is. Asked for every staff page, so it answers from memory.</summary>
public interface IServerStatus
{
    /// <summary>What was last found; null before the first look.</summary>
    ServerStatus? Now { get; }
}
