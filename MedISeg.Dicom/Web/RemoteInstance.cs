namespace MedISeg.Dicom.Web;

/// <summary>An instance that an archive has.</summary>
/// <param name="SopClassUid">What it is.</param>
/// <param name="SopInstanceUid">Its name.</param>
/// <param name="PixelBytes">Size of its pixels, decoded; 0 where the archive does not say.</param>
public sealed record RemoteInstance(string SopClassUid, string SopInstanceUid, long PixelBytes);
